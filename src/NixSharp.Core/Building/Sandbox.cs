namespace NixSharp.Building;

/// <summary>What a builder runs in, and what is run.</summary>
internal sealed record Sandbox
{
    /// <summary>The folder that holds what the sandbox is made from; only its owner may enter it.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder that is the root in the sandbox.</summary>
    public string Root => Path.Combine(Folder, "root");

    /// <summary>
    /// The folder that is the store in the sandbox. It is mounted there, so that a builder cannot put something else in its
    /// place that would lead whoever looks for outputs astray.
    /// </summary>
    public string Store => Path.Combine(Folder, "store");

    /// <summary>Where the store is in the sandbox.</summary>
    public required string StoreDirectory { get; init; }

    /// <summary>The folder that is <c>/build</c> in the sandbox.</summary>
    public required string BuildFolder { get; init; }

    /// <summary>What else is in the sandbox and cannot be written there, by where it is there.</summary>
    public required IReadOnlyList<SandboxMount> Mounts { get; init; }

    /// <summary>Where on the machine something is that is at <paramref name="target"/> in the sandbox.</summary>
    public string PlaceOf(string target) => target.StartsWith(StoreDirectory + "/", StringComparison.Ordinal)
        ? Path.Combine(Store, target[(StoreDirectory.Length + 1)..])
        : Path.Combine(Root, target[1..]);

    /// <summary>Whether the machine's network can be reached.</summary>
    public bool HasNetwork { get; init; }

    /// <summary>Whether programs may believe that the machine is one of 32 bits.</summary>
    public bool Is32Bit { get; init; }

    /// <summary>The program; a path in the sandbox.</summary>
    public required string Program { get; init; }

    /// <summary>The program's arguments, its own name not among them.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>All variables that the program gets.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
}
