# The portal with everything it needs; data lives in /data. Build: docker build -t cewen .
# Stop with SIGTERM (what docker stop sends): requests under way end first.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md ./
RUN python -m venv /opt/cewen && /opt/cewen/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY src ./src
COPY policies ./policies
COPY workflows ./workflows
COPY schemas ./schemas
COPY examples ./examples
COPY data ./data
RUN /opt/cewen/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin cewen \
    && install --directory --owner=cewen --group=cewen --mode=700 /data
COPY --from=build /opt/cewen /opt/cewen
ENV PATH=/opt/cewen/bin:$PATH PYTHONUNBUFFERED=1 CEWEN_DATA=/data CEWEN_LOG=json
USER cewen
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["cewen"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
