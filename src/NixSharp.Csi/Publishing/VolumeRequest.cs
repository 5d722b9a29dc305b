namespace NixSharp.Csi.Publishing;

/// <summary>What a pod asks for in the attributes of its volume.</summary>
internal sealed record VolumeRequest
{
    /// <summary>What the volume is made of.</summary>
    public required VolumeSource Source { get; init; }

    /// <summary>Stores to fetch paths from, besides the driver's own.</summary>
    public IReadOnlyList<string> Substituters { get; init; } = [];

    /// <summary>Keys to trust, besides the driver's own: <c>name:base64</c>.</summary>
    public IReadOnlyList<string> TrustedKeys { get; init; } = [];

    /// <summary>How the volume has its closure; null leaves the choice to the driver.</summary>
    public VolumeEngine? Engine { get; init; }

    /// <summary>How many bytes the pod may write; null for any number.</summary>
    public long? Quota { get; init; }

    /// <summary>How the volume is checked before the pod gets it.</summary>
    public VolumeCheck Check { get; init; }

    /// <summary>The pod that asks.</summary>
    public PodInfo Pod { get; init; } = PodInfo.None;

    /// <summary>What tells this request's realisation from others.</summary>
    public string RealisationKey => string.Join('\n', [Source.GetType().Name, SourceText, "", .. Substituters, "", .. TrustedKeys]);

    /// <summary>The source, in words that come back the same.</summary>
    public string SourceText => Source switch
    {
        VolumeSource.Path path => path.StorePath.ToString(),
        VolumeSource.Flake flake => flake.Reference,
        VolumeSource.Expression expression => expression.Text,
        _ => throw new InvalidOperationException(),
    };
}
