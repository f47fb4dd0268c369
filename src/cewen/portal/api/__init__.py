"""The REST interface: everything programs may ask of the portal, described by one OpenAPI document."""
