"""Arrays and histories in, Plotly figures out. Nothing here knows about models, jobs or Streamlit."""
