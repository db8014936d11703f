"""Lists of calls: Today, the journal, drill-downs, and what is done with a call."""
