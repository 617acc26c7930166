"""What the work is: contracts, data, truth. Imports nothing of ours."""
