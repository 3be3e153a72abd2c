"""The ligands and receptors through which compartments talk."""
