"""What a finished run gives to other programs: pages as PDF, tables as workbooks."""
