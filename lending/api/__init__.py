"""The REST API of the pledge registry.

    make_app(registry, *, policies=None, limit=None) -> FastAPI
    serve(app, *, host, port, on_start=None) -> None        until interrupted
    read_policies(folder) -> dict[str, Policy]              bank policies by the name of their file
    endpoints() -> dict[str, Endpoint]                      api_endpoints.csv, and the roles of each

The endpoints, with their paths, actions and titles, are data_catalog/lending/api_endpoints.csv;
who may do an action is registry_roles.csv; what the service bears are the parameter rows `api`.
"""
