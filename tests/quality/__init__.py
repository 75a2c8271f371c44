"""The pages before judges from elsewhere: html-validate, and Lighthouse in Debian's Chromium."""
