"""Random walks with restart, on one network and on several layers."""
