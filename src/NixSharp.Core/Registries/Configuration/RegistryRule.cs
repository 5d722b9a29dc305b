namespace NixSharp.Registries.Configuration;

/// <summary>What <c>registries.conf</c> says of a registry, or of a part of it.</summary>
public sealed record RegistryRule
{
    /// <summary>What the rule is for: <c>host</c>, <c>host/namespace</c>, <c>host/repository:tag</c>, <c>*.domain</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>What is used in place of <see cref="Prefix"/>; null leaves names as they are.</summary>
    public string? Location { get; init; }

    /// <summary>Whether certificates need not be trusted, and plain HTTP does where there is no TLS.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>Whether nothing may come from there, or go there.</summary>
    public bool IsBlocked { get; init; }

    /// <summary>Where images are looked for first, in this order.</summary>
    public IReadOnlyList<RegistryMirror> Mirrors { get; init; } = [];

    /// <summary>The file that has the rule.</summary>
    public required string File { get; init; }

    /// <summary>How much of a name the rule is for: a number of characters; null where it is not for this name.</summary>
    internal int? Match(ImageReference reference)
    {
        var name = reference.ToString();
        if (Prefix.StartsWith("*.", StringComparison.Ordinal))
        {
            var host = reference.Registry.Split(':')[0];
            return host.EndsWith(Prefix[1..], StringComparison.Ordinal) ? reference.Registry.Length : null;
        }

        return name.StartsWith(Prefix, StringComparison.Ordinal) && (name.Length == Prefix.Length || name[Prefix.Length] is '/' or ':' or '@') ? Prefix.Length : null;
    }
}
