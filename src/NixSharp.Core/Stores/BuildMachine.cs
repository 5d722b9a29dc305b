namespace NixSharp.Stores;

/// <summary>A machine that Nix sends builds to: a line of <c>/etc/nix/machines</c>, or of the setting <c>builders</c>.</summary>
public sealed partial record BuildMachine
{
    /// <summary>The machine's store, which builds there.</summary>
    public required StoreReference Store { get; init; }

    /// <summary>The systems that it builds for, such as <c>x86_64-linux</c>; empty means that of this machine.</summary>
    public IReadOnlyList<string> Systems { get; init; } = [];

    /// <summary>The file of the private SSH key; null for SSH's own choice.</summary>
    public string? SshKey { get; init; }

    /// <summary>How many derivations it builds at once.</summary>
    public int MaxJobs { get; init; } = 1;

    /// <summary>How fast it is, beside other machines.</summary>
    public double SpeedFactor { get; init; } = 1;

    /// <summary>What it offers to derivations that ask for it, such as <c>kvm</c>.</summary>
    public IReadOnlyList<string> SupportedFeatures { get; init; } = [];

    /// <summary>What it offers, and does not build derivations without.</summary>
    public IReadOnlyList<string> MandatoryFeatures { get; init; } = [];

    /// <summary>The machine's public SSH key in base 64; null where it is not told.</summary>
    public string? PublicHostKey { get; init; }

    /// <summary>The machine's store with the keys that reach it, as <see cref="NixStore"/> opens it.</summary>
    public StoreReference StoreWithKeys
    {
        get
        {
            var parameters = Store.Parameters.ToDictionary();
            if (SshKey is { } key)
            {
                parameters["ssh-key"] = key;
            }

            if (PublicHostKey is { } hostKey)
            {
                parameters["base64-ssh-public-host-key"] = hostKey;
            }

            return Store with { Parameters = parameters };
        }
    }

    /// <summary>Whether it builds derivations of a system that ask for some features.</summary>
    /// <param name="system">The derivation's system.</param>
    /// <param name="features">What the derivation asks for.</param>
    public bool CanBuild(string system, IReadOnlyCollection<string> features)
    {
        ArgumentNullException.ThrowIfNull(features);
        var systems = Systems.Count > 0 ? Systems : [Configuration.NixConfiguration.ThisSystem];
        return (system == "builtin" || systems.Contains(system))
            && features.All(feature => SupportedFeatures.Contains(feature) || MandatoryFeatures.Contains(feature))
            && MandatoryFeatures.All(features.Contains);
    }

    /// <inheritdoc/>
    public bool Equals(BuildMachine? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
