using Microsoft.Build.Framework;
using NixSharp.GitOps.Secrets;

namespace NixSharp.MSBuild;

/// <summary>Reports every file that the rules of <c>.sops.yaml</c> name and that is not encrypted.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckNixSecrets : NixTask
{
    /// <summary>A folder of the repository; the next <c>.sops.yaml</c> upwards counts.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var files = await SecretFiles.OpenAsync(PathOf(Folder), cancellationToken).ConfigureAwait(false);
        foreach (var problem in await files.CheckAsync(cancellationToken).ConfigureAwait(false))
        {
            // An error for each, with its place, so that editors lead there.
            Log.LogError(null, NixErrorCodes.SecretNotEncrypted, NixErrorCodes.SecretNotEncrypted, Path.Combine(files.Root, problem.Path), problem.Line ?? 0, 0, 0, 0, "{0}. Encrypt it with 'sops encrypt --in-place FILE'; if it was pushed already, change the secret.", problem.Reason);
        }

        if (!Log.HasLoggedErrors)
        {
            Log.LogMessage(MessageImportance.Normal, "All secrets in {0} are encrypted.", files.Root);
        }
    }
}
