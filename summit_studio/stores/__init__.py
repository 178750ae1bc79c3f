"""Where bytes are: files of this machine, read with clear errors, written whole or not at all."""
