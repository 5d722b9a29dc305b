namespace NixSharp.Stores;

/// <summary>Results of builds, for those who want success or an exception.</summary>
public static class BuildResults
{
    /// <summary>Throws unless everything was realised.</summary>
    /// <exception cref="NixStoreException">Something was not; the code is that of the first failure that is not the consequence of another.</exception>
    public static void ThrowIfFailed(this IReadOnlyCollection<BuildResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var failed = results.Where(static result => !result.IsSuccess).ToList();
        if ((failed.Find(static result => result.Status is not (BuildStatus.DependencyFailed or BuildStatus.Cancelled)) ?? failed.Find(static result => result.Status != BuildStatus.Cancelled) ?? failed.FirstOrDefault()) is { } first)
        {
            var others = failed.Count > 1 ? $"\n{failed.Count - 1} more failed." : "";
            throw new NixStoreException(CodeOf(first.Status), $"{(first.ErrorMessage.Length == 0 ? $"{first.Path} was not realised: {first.Status}." : first.ErrorMessage)}{others}");
        }
    }

    /// <summary>The code of the error that a failed build is.</summary>
    internal static string CodeOf(BuildStatus status) => status switch
    {
        BuildStatus.InputRejected => NixErrorCodes.BuildRefused,
        BuildStatus.OutputRejected => NixErrorCodes.OutputRejected,
        BuildStatus.HashMismatch => NixErrorCodes.HashMismatch,
        BuildStatus.TimedOut or BuildStatus.LogLimitExceeded => NixErrorCodes.BuildLimit,
        BuildStatus.NotDeterministic => NixErrorCodes.NotDeterministic,
        BuildStatus.DependencyFailed => NixErrorCodes.DependencyFailed,
        BuildStatus.NoSubstituters => NixErrorCodes.CannotRealise,
        _ => NixErrorCodes.BuildFailed,
    };
}
