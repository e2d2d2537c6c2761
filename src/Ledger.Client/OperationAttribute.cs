namespace Ledger.Client;

/// <summary>The operation of the API that a method calls. The tests compare these with the OpenAPI document.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OperationAttribute(string method, string path) : Attribute
{
    public string Method { get; } = method;

    public string Path { get; } = path;
}
