"""Find full names of people without a model: given names, surnames, titles and words such as `assigned to`."""
