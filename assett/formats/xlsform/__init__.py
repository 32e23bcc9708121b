"""XLSForm, the spreadsheets of KoBo and ODK."""
