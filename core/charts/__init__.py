"""Arrays and histories in, Plotly figures out. Nothing here knows about models, jobs or Streamlit.

To add a chart, call `series` with lines, dots, bars and marks, or `intervals` with accuracies and their 95%
intervals, in the module that has the data; one that a single lesson shows stands in that lesson's `charts`.
"""
