// The format `prometheus`. It has no settings of its own.

export const prometheusFormat = { says: 'Prometheus HTTP SD', field: 'Prometheus label' };
