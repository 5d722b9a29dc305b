namespace NixSharp.Derivations;

/// <summary>What an output must keep to once it is built.</summary>
public sealed record OutputChecks
{
    /// <summary>No demands at all.</summary>
    public static OutputChecks None { get; } = new();

    /// <summary>The only paths that it may refer to; null allows all.</summary>
    public IReadOnlyList<OutputReference>? AllowedReferences { get; init; }

    /// <summary>The only paths that may be in its closure; null allows all.</summary>
    public IReadOnlyList<OutputReference>? AllowedRequisites { get; init; }

    /// <summary>Paths that it must not refer to.</summary>
    public IReadOnlyList<OutputReference> DisallowedReferences { get; init; } = [];

    /// <summary>Paths that must not be in its closure.</summary>
    public IReadOnlyList<OutputReference> DisallowedRequisites { get; init; } = [];

    /// <summary>Whether references to itself are left out of account: so without structured attributes.</summary>
    public bool IgnoreSelfReferences { get; init; }

    /// <summary>The most bytes that its NAR may have.</summary>
    public long? MaxSize { get; init; }

    /// <summary>The most bytes that the NARs of its closure may have together.</summary>
    public long? MaxClosureSize { get; init; }
}
