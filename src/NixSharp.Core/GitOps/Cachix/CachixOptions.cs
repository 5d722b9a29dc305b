namespace NixSharp.GitOps.Cachix;

/// <summary>How <see cref="CachixClient"/> runs <c>cachix</c>.</summary>
public sealed record CachixOptions
{
    /// <summary>The program: a name on PATH, or a path.</summary>
    public string Program { get; init; } = "cachix";

    /// <summary>The token that may push to the cache; null leaves it to the environment and to cachix's own configuration.</summary>
    public string? AuthToken { get; init; }

    /// <summary>The token that may start deployments; null leaves it to the environment.</summary>
    public string? ActivateToken { get; init; }

    /// <summary>The key that signs what is pushed, where the cache does not sign itself; null leaves it to the environment.</summary>
    public string? SigningKey { get; init; }

    /// <summary>How many paths are uploaded at a time; null leaves it to cachix.</summary>
    public int? Jobs { get; init; }

    /// <summary><c>zstd</c> or <c>xz</c>; null leaves it to cachix.</summary>
    public string? CompressionMethod { get; init; }

    /// <summary>Gets each line that cachix prints, without secrets on standard error.</summary>
    public IProgress<string>? Log { get; init; }

    internal IReadOnlyDictionary<string, string?> Environment
    {
        get
        {
            var environment = new Dictionary<string, string?>();
            Add("CACHIX_AUTH_TOKEN", AuthToken);
            Add("CACHIX_ACTIVATE_TOKEN", ActivateToken);
            Add("CACHIX_SIGNING_KEY", SigningKey);
            return environment;

            void Add(string name, string? value)
            {
                if (value is not null)
                {
                    environment[name] = value;
                }
            }
        }
    }
}
