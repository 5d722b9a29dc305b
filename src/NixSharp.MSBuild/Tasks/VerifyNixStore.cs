using System.Globalization;
using Microsoft.Build.Framework;
using NixSharp.MSBuild.Items;
using NixSharp.Stores;

namespace NixSharp.MSBuild;

/// <summary>Checks that what is valid in a store is there, and unchanged.</summary>
[MSBuildMultiThreadableTask]
public sealed class VerifyNixStore : NixStoreTask
{
    /// <summary>Whether the files of every path are hashed and compared.</summary>
    public bool CheckContents { get; set; } = true;

    /// <summary>The stores from which damaged paths are fetched again; none repairs nothing.</summary>
    public string[] RepairFrom { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var store = await OpenStoreAsync(cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var substituters = new List<INixStore>();
            try
            {
                foreach (var uri in RepairFrom)
                {
                    substituters.Add(await NixStore.OpenAsync(uri.StartsWith('.') ? PathOf(uri) : uri, cancellationToken: cancellationToken).ConfigureAwait(false));
                }

                var options = new VerifyOptions { CheckContents = CheckContents, Repair = substituters.Count > 0, Substituters = substituters };
                var result = await store.Require<IStoreVerifier>("verify itself").VerifyAsync(options, cancellationToken).ConfigureAwait(false);
                Log.LogMessage(MessageImportance.High, "{0}: {1} paths checked, {2} repaired", store.Uri, result.PathsChecked, result.Repaired.Count);
                result.RefuseIfDamaged(store.Uri);
                ItemFile.Write(PathOf(ItemsFile), [new NixItem(
                    store.Uri,
                    ("PathsChecked", result.PathsChecked.ToString(CultureInfo.InvariantCulture)),
                    ("Repaired", string.Join(' ', result.Repaired)))]);
            }
            finally
            {
                foreach (var substituter in substituters)
                {
                    await substituter.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }
}
