"""Small programs that Pult is measured beside, in the same run."""
