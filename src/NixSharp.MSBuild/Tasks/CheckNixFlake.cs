using Microsoft.Build.Framework;
using NixSharp.MSBuild.Items;

namespace NixSharp.MSBuild;

/// <summary>Evaluates all outputs of flakes, and builds their checks.</summary>
[MSBuildMultiThreadableTask]
public sealed class CheckNixFlake : NixFlakeTask
{
    /// <summary>The flakes.</summary>
    [Required]
    public string[] Flakes { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var client = MakeClient(store);
            foreach (var flake in Flakes)
            {
                await client.CheckFlakeAsync(flake, cancellationToken).ConfigureAwait(false);
                Log.LogMessage(MessageImportance.High, "{0} is in order", flake);
            }

            ItemFile.WriteWhenDifferent(PathOf(ItemsFile), [.. Flakes.Select(static flake => new NixItem(flake))]);
        }
    }
}
