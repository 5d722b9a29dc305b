namespace NixSharp.Integration.Tests.Registries;

/// <summary>A request that <see cref="FakeRegistry"/> got.</summary>
internal sealed record FakeRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    public string? Authorization => Headers.GetValueOrDefault("Authorization");

    /// <summary>The path without the query.</summary>
    public string Plain => Path.Split('?')[0];

    public string Last => Plain[(Plain.LastIndexOf('/') + 1)..];
}
