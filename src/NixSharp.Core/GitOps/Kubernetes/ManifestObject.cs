namespace NixSharp.GitOps.Kubernetes;

/// <summary>What an object of a manifest is called.</summary>
/// <param name="ApiVersion">The group and version of its kind.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace; null where it names none.</param>
/// <param name="Name">Its name; null where the cluster makes one up.</param>
/// <param name="Line">The line that it begins in.</param>
public sealed record ManifestObject(string ApiVersion, string Kind, string? Namespace, string? Name, long Line)
{
    /// <summary>The object as it is named in messages.</summary>
    public override string ToString() => $"{Kind} {(Namespace is null ? "" : Namespace + "/")}{Name ?? "without a name"} of {ApiVersion}";

    /// <summary>The kind's group without its version: two versions of an object are one object.</summary>
    internal string Group => ApiVersion.Contains('/', StringComparison.Ordinal) ? ApiVersion[..ApiVersion.IndexOf('/', StringComparison.Ordinal)] : "";
}
