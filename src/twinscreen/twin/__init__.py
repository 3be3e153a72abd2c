"""From observations to the digital twin: pseudobulks, deviation, modules."""
