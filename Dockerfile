# One image for web, worker and beat. Nothing runs as root; nothing is downloaded at start.
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 VAR_DIR=/var/lib/portal
RUN useradd --system --home-dir /var/lib/portal --create-home portal
WORKDIR /portal
COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt
COPY . .
# Static files need no secret; these values live only in this line.
RUN mkdir -p /var/lib/portal/static && STATIC_ROOT=/var/lib/portal/static VAR_DIR=/tmp/build COLLECT_MANIFEST=1 \
    python manage.py collectstatic --noinput -v 0 && rm -rf /tmp/build && chown -R portal /var/lib/portal
USER portal
EXPOSE 8000
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/alive/')"
CMD ["gunicorn", "primevox_privacy.wsgi", "--no-control-socket", "--worker-class=gthread", "--workers=2", \
     "--threads=4", "--bind=0.0.0.0:8000", "--forwarded-allow-ips=*"]
