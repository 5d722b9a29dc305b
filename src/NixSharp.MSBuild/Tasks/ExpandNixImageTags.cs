using Microsoft.Build.Framework;
using NixSharp.Registries.Delivery;

namespace NixSharp.MSBuild;

/// <summary>Puts the commit that is checked out in place of <c>{commit}</c> in tags.</summary>
[MSBuildMultiThreadableTask]
public sealed class ExpandNixImageTags : NixTask
{
    /// <summary>The tags.</summary>
    [Required]
    public string[] Tags { get; set; } = [];

    /// <summary>The tags as they are pushed.</summary>
    [Output]
    public string[] Expanded { get; private set; } = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        var expanded = new List<string>();
        foreach (var tag in Tags)
        {
            expanded.Add(await TagTemplate.ExpandAsync(tag, ProjectDirectory, cancellationToken).ConfigureAwait(false));
        }

        Expanded = [.. expanded];
    }
}
