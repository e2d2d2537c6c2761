namespace Ledger.Client;

/// <summary>Which operation of the API a method calls: the tests compare them with the OpenAPI document.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OperationAttribute(string method, string path) : Attribute
{
    public string Method { get; } = method;

    public string Path { get; } = path;
}
