"""The promises of the pages and of the code's shape, read and held to what is there."""
