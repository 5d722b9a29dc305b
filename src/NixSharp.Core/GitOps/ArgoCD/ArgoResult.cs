using System.Text;
using NixSharp.Files;
using NixSharp.StorePaths;

namespace NixSharp.GitOps.ArgoCD;

/// <summary>
/// Reads what was built: a file, or a folder of <c>.yaml</c>, <c>.yml</c> and <c>.json</c> files. Nothing outside the store is
/// read, whatever the link in the repository and links in the result lead to.
/// </summary>
internal static class ArgoResult
{
    private const int MaxFileSize = 64 << 20;
    private const int MaxFiles = 10_000;
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    public static async Task<string> ReadAsync(string link, StoreDirectory directory, CancellationToken cancellationToken)
    {
        if (new FileInfo(link).LinkTarget is not { } target || !StorePath.TryParse(target, directory, out _))
        {
            throw NotBuilt(link, "it is no link into the store. Run 'nixsharp argocd init' first, as Argo CD does");
        }

        if (!Path.Exists(target))
        {
            throw NotBuilt(link, $"{target} is not there any more. Run 'nixsharp argocd init' again");
        }

        var files = Directory.Exists(target) ? Find(target, link) : [target];
        var text = new StringBuilder();
        foreach (var file in files)
        {
            var contents = await SmallFile.ReadTextAsync(Resolve(file, link, directory), MaxFileSize, NixErrorCodes.InvalidManifest, cancellationToken).ConfigureAwait(false);
            if (text.Length + contents.Length > MaxFileSize)
            {
                throw NotBuilt(link, $"it has more than {MaxFileSize} characters. Deploy it as several applications");
            }

            text.Append(text.Length > 0 ? "---\n" : "").Append(contents).Append(contents.EndsWith('\n') ? "" : "\n");
        }

        return text.ToString();
    }

    private static List<string> Find(string folder, string link)
    {
        var files = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Where(static file => Extensions.Contains(Path.GetExtension(file)))
            .Take(MaxFiles + 1)
            .Order(StringComparer.Ordinal)
            .ToList();
        return files.Count switch
        {
            0 => throw NotBuilt(link, $"{folder} has no {string.Join(", ", Extensions)} files. Let the output be a file with the manifest, or a folder of such files"),
            > MaxFiles => throw NotBuilt(link, $"{folder} has more than {MaxFiles} files. Deploy them as several applications"),
            _ => files,
        };
    }

    /// <summary>Where a file is once every link on the way is followed.</summary>
    private static string Resolve(string file, string link, StoreDirectory directory)
    {
        var resolved = ResolvedPath.Of(file);
        return resolved?.StartsWith(directory.Path + "/", StringComparison.Ordinal) == true
            ? resolved
            : throw NotBuilt(link, $"{file} leads out of the store. Copy what it leads to into the output");
    }

    private static GitOpsException NotBuilt(string link, string why) =>
        new(NixErrorCodes.PluginNotBuilt, $"There is no manifest at {link}: {why}.", link);
}
