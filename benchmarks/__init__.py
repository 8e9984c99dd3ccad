"""Speed and memory of kadar, each beside a peer measured in the same run."""
