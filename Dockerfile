# SPDX-License-Identifier: Apache-2.0
# The exporter in an image; docs/deployment.md says how to run it.
#
#   docker build -t upslink_exporter .                      the exporter
#   docker build -t ups-simulator --target simulator .      a UPS that behaves, to try it with
#
# Both run as a user without rights (65532, in the group dialout, 20), and write nothing: --read-only.

ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
WORKDIR /src
COPY tests/packages.sh tests/
RUN ["bash", "-c", "source tests/packages.sh && install_packages \"${build_packages[@]}\" ccache"]
COPY . .
# What --version tells of the source, for .git is left out.
ARG REVISION=
# Builds of images share here what they have compiled, if it is kept.
ARG CCACHE_DIR=/root/.cache/ccache
RUN --mount=type=cache,target=/root/.cache/ccache \
    export UPSLINK_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=/src CCACHE_NOHASHDIR=1 \
 && cmake --preset release -DUPSLINK_REVISION="${REVISION}" \
 && cmake --build --preset release --target upslink_exporter ups-simulator
RUN install -Dst /exporter/usr/bin build/release/exporter/app/upslink_exporter \
 && install -Dst /simulator/usr/bin build/release/tests/simulator/ups-simulator \
 && install -Dm 644 -t /simulator/usr/share/ups-simulator/profiles tests/profiles/*.profile
# The packages of the libraries that a program needs: `shlibs:Depends=libc6 (>= 2.36), ...` as bare names.
RUN mkdir debian && touch debian/control \
 && for program in exporter simulator; do \
      dpkg-shlibdeps -T/$program.packages /$program/usr/bin/* \
      && sed -i 's/^shlibs:Depends=//; s/([^)]*)//g; s/,//g' /$program.packages || exit 1; \
    done

FROM ${BASE} AS runtime
RUN useradd --uid 65532 --gid dialout --no-create-home --home-dir /nonexistent upslink
STOPSIGNAL SIGTERM

FROM runtime AS simulator
RUN --mount=type=bind,from=build,source=/simulator.packages,target=/packages \
    apt-get -qq update \
 && apt-get -qq install --yes --no-install-recommends $(cat /packages) \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /simulator/ /
USER 65532:20
EXPOSE 4001
ENTRYPOINT ["/usr/bin/ups-simulator", "--profile-dir", "/usr/share/ups-simulator/profiles"]
CMD ["--tcp", "0.0.0.0:4001"]

FROM runtime AS exporter
RUN --mount=type=bind,from=build,source=/exporter.packages,target=/packages \
    apt-get -qq update \
 && apt-get -qq install --yes --no-install-recommends $(cat /packages) \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /exporter/ /
ARG REVISION=
LABEL org.opencontainers.image.title="upslink_exporter" \
      org.opencontainers.image.description="Reads APC UPSes over their serial smart protocol for Prometheus and SNMP" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"
USER 65532:20
EXPOSE 12400
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/usr/bin/upslink_exporter", "--healthcheck"]
ENTRYPOINT ["/usr/bin/upslink_exporter"]
