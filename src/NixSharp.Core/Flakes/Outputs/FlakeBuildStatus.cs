namespace NixSharp.Flakes.Outputs;

/// <summary>What became of an output.</summary>
public enum FlakeBuildStatus
{
    /// <summary>It was built, or substituted; or it was there.</summary>
    Built,

    /// <summary>A cache has it, so that nothing was done.</summary>
    Cached,

    /// <summary>It could not be evaluated.</summary>
    EvaluationFailed,

    /// <summary>It could not be built.</summary>
    BuildFailed,

    /// <summary>It was built, but could not be uploaded.</summary>
    UploadFailed,

    /// <summary>It was left out, because another one had failed.</summary>
    Skipped,
}
