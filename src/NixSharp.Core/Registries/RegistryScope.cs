namespace NixSharp.Registries;

/// <summary>What a request needs to be allowed to do, in the words that a token server takes.</summary>
/// <param name="Values">Scopes such as <c>repository:acme/hello:pull,push</c>; none for a ping.</param>
internal sealed record RegistryScope(params IReadOnlyList<string> Values)
{
    public static RegistryScope None { get; } = new([]);

    public static RegistryScope Catalog { get; } = new("registry:catalog:*");

    /// <summary>What tokens are remembered by.</summary>
    public string Key { get; } = string.Join(' ', Values);

    public static RegistryScope Pull(string repository) => new($"repository:{repository}:pull");

    public static RegistryScope Push(string repository) => new($"repository:{repository}:pull,push");

    public static RegistryScope Delete(string repository) => new($"repository:{repository}:pull,push,delete");

    public static RegistryScope Mount(string repository, string from) => new($"repository:{repository}:pull,push", $"repository:{from}:pull");
}
