using Microsoft.Build.Framework;

namespace NixSharp.MSBuild.Items;

/// <summary>An item to be: what it is called, and what is known of it.</summary>
internal sealed record NixItem(string Name, params (string Name, string Value)[] Metadata)
{
    /// <summary>The item as MSBuild takes it.</summary>
    public ITaskItem ToTaskItem() => ItemFile.Parse(ItemFile.Format(this));
}
