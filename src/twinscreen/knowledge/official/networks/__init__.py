"""Readers of networks: interactions between proteins, regulons, ligands and receptors."""
