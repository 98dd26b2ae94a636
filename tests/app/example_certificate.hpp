// SPDX-License-Identifier: Apache-2.0
// A certificate for localhost that signs itself, and its key, which is good for nothing else.
#pragma once

#include <string_view>

namespace upslink::app {

inline constexpr std::string_view example_certificate = R"(-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUOeBHYmKCUcSh3RxNaT/Rw27+gIowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA4MjkwOFoYDzIxMjYxMDI4
MDgyOTA4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ0jWneX/3oSGy4QrlHp7xvevKHL4VDyut4JOd+Z0vDF+gnry5l1qzQ
TBsvbEaR3VAJ/he1JzW7HXtXjXz1NKFAo28wbTAdBgNVHQ4EFgQU1yuBRLnHNB3m
yTHl+w9une9QDYcwHwYDVR0jBBgwFoAU1yuBRLnHNB3myTHl+w9une9QDYcwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgP5D2FEM7iQ+c7XRtVRNWOJzu+DX70xaTwyYghTWltJYCID9N
7iZFSmNo+bCYaUfVouWmjymu/z6XBUCib31DVHIx
-----END CERTIFICATE-----
)";

inline constexpr std::string_view example_key = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgyVRx1jc8o7oGFtwY
U3gnWrkVj/SGud/2SpxoByb+YA+hRANCAAQ0jWneX/3oSGy4QrlHp7xvevKHL4VD
yut4JOd+Z0vDF+gnry5l1qzQTBsvbEaR3VAJ/he1JzW7HXtXjXz1NKFA
-----END PRIVATE KEY-----
)";

}  // namespace upslink::app
