using Microsoft.Build.Framework;
using NixSharp.Flakes;
using NixSharp.MSBuild.Items;
using NixSharp.Stores;

namespace NixSharp.MSBuild;

/// <summary>Builds installables with nix, and keeps the results from being collected.</summary>
[MSBuildMultiThreadableTask]
public sealed class BuildNixInstallables : NixFlakeTask
{
    /// <summary>What to build, as on nix's command line.</summary>
    [Required]
    public string[] Installables { get; set; } = [];

    /// <summary>The symlink to the first result; the others get a suffix.</summary>
    [Required]
    public string Root { get; set; } = "";

    /// <summary>The outputs, one item each.</summary>
    [Output]
    public ITaskItem[] Items { get; private set; } = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var options = new NixBuildOptions { OutLink = PathOf(Root) };
            var results = await MakeClient(store).BuildAsync(Installables, options, cancellationToken).ConfigureAwait(false);
            NixItem[] items = [.. results.SelectMany(result => result.Outputs.Select(output => new NixItem(
                output.Value.ToString(),
                ("OutputName", output.Key),
                ("DerivationPath", $"{result.DerivationPath}"),
                ("Store", store.Uri),
                ("RealPath", store is IFileSystemStore files ? files.GetRealPath(output.Value) : ""))))];
            ItemFile.WriteWhenDifferent(PathOf(ItemsFile), items);
            Items = [.. items.Select(item => item.ToTaskItem())];
            foreach (var item in items)
            {
                Log.LogMessage(MessageImportance.High, "nix -> {0}", item.Name);
            }
        }
    }
}
