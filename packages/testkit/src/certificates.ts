/**
 * Certificates for tests of TLS: self-signed, for localhost and 127.0.0.1, good until 2126, and each with
 * its key. Nobody trusts them; they were made with `openssl req -x509 -newkey ec -nodes`.
 */
export type TestCertificate = { readonly cert: string; readonly key: string };

/** Whose subject is CN=one.example. */
export const certificateOne: TestCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBqzCCAVKgAwIBAgIUTQdQu8vja0ea2pPGJi2Tx8BJFaowCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLb25lLmV4YW1wbGUwIBcNMjYxMTIxMTgxMzM2WhgPMjEyNjEw
MjgxODEzMzZaMBYxFDASBgNVBAMMC29uZS5leGFtcGxlMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAE5q3Ic3yPxtsLdu1PurXM3BZz7A7QZzqAXsupFbvVjE9EGNkN
nnhcvNLymx3Z0nVpc+qFant2xJFZKVPWyrUIXKN8MHowHQYDVR0OBBYEFLOBf2t0
6rw4WbMnoEBWoiEeNe6sMB8GA1UdIwQYMBaAFLOBf2t06rw4WbMnoEBWoiEeNe6s
MA8GA1UdEwEB/wQFMAMBAf8wJwYDVR0RBCAwHoIJbG9jYWxob3N0ggtvbmUuZXhh
bXBsZYcEfwAAATAKBggqhkjOPQQDAgNHADBEAiABi40bIZHcuU6kKxkWnn1k4s9C
bS21kturgjSV2qQXvQIgdgGbExmp5MiHqa6t5rLD9X/qEFQZq4x7Fs68mM98CXI=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgCdwK5gjFOATGZpcF
ugU2YHqQzSOc1nL6MezGWK4F4VKhRANCAATmrchzfI/G2wt27U+6tczcFnPsDtBn
OoBey6kVu9WMT0QY2Q2eeFy80vKbHdnSdWlz6oVqe3bEkVkpU9bKtQhc
-----END PRIVATE KEY-----
`,
};

/** Whose subject is CN=other.example. */
export const certificateOther: TestCertificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBsjCCAVigAwIBAgIUQYSUy30AXPVHZCTy9exzxhMqjKwwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTAgFw0yNjExMjExODEzMzdaGA8yMTI2
MTAyODE4MTMzN1owGDEWMBQGA1UEAwwNb3RoZXIuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABN/BPfREo/JFR9831wkBa1eBt7m4KlOWzn+UgRnAghE9
8G6EGfEW/+ncFHtdP3lGsDitgEXMeuSubjMzCPP5vB2jfjB8MB0GA1UdDgQWBBTc
tIk7bnBwvP6UlyQPf5TAvpGFQTAfBgNVHSMEGDAWgBTctIk7bnBwvP6UlyQPf5TA
vpGFQTAPBgNVHRMBAf8EBTADAQH/MCkGA1UdEQQiMCCCCWxvY2FsaG9zdIINb3Ro
ZXIuZXhhbXBsZYcEfwAAATAKBggqhkjOPQQDAgNIADBFAiBH32r9IBSB3j9y2lrU
iqUcG9ychobiWdXL+zSdT19KyQIhALn5azOVrsXtzwa9ly4rFRphK+mBBAcl6b1H
0QygV7Lh
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgX8aYjqpVNN5CA+T3
HHBLIkf+Z2B4F3ASuT6qlxJQgeyhRANCAATfwT30RKPyRUffN9cJAWtXgbe5uCpT
ls5/lIEZwIIRPfBuhBnxFv/p3BR7XT95RrA4rYBFzHrkrm4zMwjz+bwd
-----END PRIVATE KEY-----
`,
};
