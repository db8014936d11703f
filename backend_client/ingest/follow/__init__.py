"""Followers: sources that are read while they are being written."""
