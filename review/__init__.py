"""What people look at and sign: pages, reports and maps made from a run folder."""
