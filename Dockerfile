# Two stages: what builds stays behind. `make image-proof` carries these lines out without a container engine.

FROM python:3.11-slim-bookworm AS build
# Where packages come from is the builder's business: --build-arg PIP_INDEX_URL=… where the default is out of reach.
ARG PIP_INDEX_URL
WORKDIR /src
COPY requirements.txt requirements-build.txt ./
RUN python3 -m venv /opt/trafficlight \
 && /opt/trafficlight/bin/python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt \
 && python3 -m venv /opt/build \
 && /opt/build/bin/python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements-build.txt
COPY . ./
RUN /opt/build/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir /opt/wheel . \
 && /opt/trafficlight/bin/python -m pip install --no-deps --no-index /opt/wheel/*.whl \
 && /opt/trafficlight/bin/python -c "from trafficlight.publish import templating; templating.preload()" \
 && /opt/trafficlight/bin/python -m pip uninstall --yes setuptools pip

FROM python:3.11-slim-bookworm
# What posters are drawn with.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/trafficlight /opt/trafficlight
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin trafficlight \
 && install --directory --owner trafficlight --group trafficlight --mode 0750 /data
ENV PATH=/opt/trafficlight/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER trafficlight
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# The ops port is the container's own; a proxy from the environment must not be asked for it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import ProxyHandler, build_opener as b; b(ProxyHandler({})).open('http://127.0.0.1:9090/live', timeout=4)"]
ENTRYPOINT ["trafficlight"]
CMD ["serve", "--data", "/data", "--listen", "0.0.0.0:8080", "--ops", "127.0.0.1:9090"]
