using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace NixSharp.Packages.Tests;

[CollectionDefinition(Name)]
[SuppressMessage("Naming", "CA1711", Justification = "This is what xunit calls them.")]
public sealed class PackagesCollection : ICollectionFixture<PackagesFixture>
{
    public const string Name = "packages";
}
