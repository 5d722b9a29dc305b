using NixSharp.Stores;

namespace NixSharp.Building;

/// <summary>A build that goes no further; it ends as a <see cref="BuildResult"/>, not as an exception of the caller's.</summary>
internal sealed class BuildFailure : Exception
{
    public BuildFailure(BuildStatus status, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Status = status;
    }

    /// <summary>How the result says that it ended.</summary>
    public BuildStatus Status { get; }

    /// <summary>The derivation asks for something that cannot be.</summary>
    public static BuildFailure Rejected(string why) => new(BuildStatus.InputRejected, why);

    /// <summary>An output is not what it should be.</summary>
    public static BuildFailure Output(string why) => new(BuildStatus.OutputRejected, why);
}
