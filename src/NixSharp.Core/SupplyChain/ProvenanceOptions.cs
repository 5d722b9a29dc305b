using Newtonsoft.Json.Linq;

namespace NixSharp.SupplyChain;

/// <summary>What a provenance says of the build, which neither the closure nor its derivations know.</summary>
public sealed record ProvenanceOptions
{
    /// <summary>Says who built: a URI, such as that of a CI service. The default claims no trusted builder.</summary>
    public string BuilderId { get; init; } = "urn:nixsharp:unattested-builder";

    /// <summary>Says how the parameters are to be read: a URI.</summary>
    public string BuildType { get; init; } = Provenance.DefaultBuildType;

    /// <summary>Parameters beside the store paths: a flake, a revision, options of the image.</summary>
    public JObject Parameters { get; init; } = [];

    /// <summary>The builder's own name of this run, such as the URL of a CI job.</summary>
    public string? InvocationId { get; init; }

    /// <summary>When the build began.</summary>
    public DateTimeOffset? StartedOn { get; init; }

    /// <summary>When the build ended.</summary>
    public DateTimeOffset? FinishedOn { get; init; }
}
