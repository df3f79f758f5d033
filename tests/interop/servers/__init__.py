"""Four servers in their own processes, each written with a library that is not ours.

Each listens on a free port of 127.0.0.1, prints it as its first line, and serves until its standard
input ends; `CERTIFICATE KEY` as arguments make it speak TLS. On a connection, each sends:

1. the text `hello, ünïcode`
2. the bytes 00 to ff
3. `fragmented in three frames` as a text message of three fragments, where the library can
4. 100,000 characters that compress well
5. a ping with the payload `are you there`

Then it answers a call of JSON-RPC 2.0 with the call's own parameters, and echoes any other text
with text and bytes with bytes, except that `bye` is answered with a close of 4001 `custom reason`,
`done` with 1000 and `gone` with 1001.
"""
