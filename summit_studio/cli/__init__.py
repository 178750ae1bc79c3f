"""The headless command `summit`. Never imports Qt, nor anything heavy before it must."""
