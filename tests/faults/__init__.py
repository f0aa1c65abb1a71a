"""Kills, disk errors, full disks, concurrent writers and readers against the dataset: `make faults`."""
