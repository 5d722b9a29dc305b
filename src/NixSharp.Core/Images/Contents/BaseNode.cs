using NixSharp.Images.Tar;

namespace NixSharp.Images.Contents;

/// <summary>A folder, symlink or small file of a base image.</summary>
internal sealed class BaseNode
{
    public Dictionary<string, BaseNode> Children { get; } = new(StringComparer.Ordinal);

    /// <summary>The number of the highest layer that has it.</summary>
    public int Layer { get; set; }

    /// <summary>What it points to, of a symlink.</summary>
    public string? Link { get; set; }

    /// <summary>What a file that somebody asked for has in it.</summary>
    public byte[]? Contents { get; set; }

    /// <summary>Mode and owner, of a folder.</summary>
    public TarAttributes? Attributes { get; set; }

    /// <summary>Forgets what only the layers below <paramref name="layer"/> have.</summary>
    public void ForgetBelow(int layer)
    {
        foreach (var (name, child) in Children)
        {
            if (child.Layer < layer)
            {
                Children.Remove(name);
            }
            else
            {
                child.ForgetBelow(layer);
            }
        }
    }
}
