using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class StoreReferenceTests
{
    [Theory]
    [InlineData("", StoreKind.Auto, null)]
    [InlineData("auto", StoreKind.Auto, null)]
    [InlineData("auto?root=/srv/store", StoreKind.Auto, "/srv/store")]
    [InlineData("?root=/srv/store", StoreKind.Auto, "/srv/store")]
    [InlineData("local", StoreKind.Local, null)]
    [InlineData("local://", StoreKind.Local, null)]
    [InlineData("/", StoreKind.Local, null)]
    [InlineData("local?root=/", StoreKind.Local, null)]
    [InlineData("local:///", StoreKind.Local, null)]
    [InlineData("local?root=/srv/store", StoreKind.Local, "/srv/store")]
    [InlineData("local?root=/srv/a%20b%3Fc", StoreKind.Local, "/srv/a b?c")]
    [InlineData("local:///srv/a%20b", StoreKind.Local, "/srv/a b")]
    [InlineData("/srv/store", StoreKind.Local, "/srv/store")]
    [InlineData("/srv/./x/../store", StoreKind.Local, "/srv/store")]
    [InlineData("/srv/what?", StoreKind.Local, "/srv/what?")]
    [InlineData("/srv/100%25", StoreKind.Local, "/srv/100%25")]
    [InlineData("/srv/what?trusted=true", StoreKind.Local, "/srv/what")]
    [InlineData("daemon", StoreKind.Daemon, null)]
    public void A_URI_is_taken_apart(string uri, StoreKind kind, string? root)
    {
        var reference = StoreReference.Parse(uri);
        Assert.Equal(kind, reference.Kind);
        Assert.Equal(root, reference.Root);
        Assert.Equal(reference, StoreReference.Parse(reference.ToString()));
        Assert.Equal(root, StoreReference.Parse(reference.ToShorthand()).Root);
        Assert.Equal(kind, StoreReference.Parse(reference.ToShorthand()).Kind);
    }

    [Theory]
    [InlineData("./store", "store")]
    [InlineData("../store", "../store")]
    [InlineData(".", "")]
    [InlineData("..", "..")]
    [InlineData("some/store", "some/store")]
    [InlineData("local?root=store", "store")]
    public void A_relative_folder_is_taken_from_the_current_one(string uri, string expected) =>
        Assert.Equal(Path.GetFullPath(Path.Combine(Environment.CurrentDirectory, expected)), StoreReference.Parse(uri).Root);

    [Theory]
    [InlineData("unix:///run/nix%20daemon.socket?max-connections=7", StoreKind.Daemon, "unix", "/run/nix daemon.socket")]
    [InlineData("file:///srv/cache", StoreKind.File, "file", "/srv/cache")]
    [InlineData("http://localhost:8080/a/b", StoreKind.Http, "http", "/a/b")]
    [InlineData("https://cache.example.org/", StoreKind.Http, "https", "")]
    [InlineData("HTTPS://cache.example.org", StoreKind.Http, "https", "")]
    [InlineData("s3://bucket?region=eu-west-1&endpoint=localhost:9000&scheme=http&profile=me", StoreKind.S3, "s3", "")]
    [InlineData("ssh://host", StoreKind.Ssh, "ssh", "")]
    [InlineData("ssh-ng://host", StoreKind.SshNg, "ssh-ng", "")]
    [InlineData("dummy://", StoreKind.Dummy, "dummy", "")]
    public void Every_kind_of_store_is_known(string uri, StoreKind kind, string scheme, string path)
    {
        var reference = StoreReference.Parse(uri);
        Assert.Equal((kind, scheme, path), (reference.Kind, reference.Scheme, reference.Path));
        Assert.Equal(reference, StoreReference.Parse(reference.ToString()));
        reference.RefuseUnknownParameters();
    }

    [Theory]
    [InlineData("ssh-ng://host", null, "host", null, "host")]
    [InlineData("ssh-ng://me@host.example.org:2222", "me", "host.example.org", 2222, "me@host.example.org:2222")]
    [InlineData("ssh-ng://m%40e@host", "m@e", "host", null, "m%40e@host")]
    [InlineData("ssh-ng://[::1]:22", null, "::1", 22, "[::1]:22")]
    [InlineData("ssh-ng://::1", null, "::1", null, "[::1]")]
    [InlineData("ssh-ng://me@fe80::1%eth0", "me", "fe80::1%eth0", null, "me@[fe80::1%25eth0]")]
    [InlineData("ssh-ng://[fe80::1%eth0]", null, "fe80::1%eth0", null, "[fe80::1%25eth0]")]
    [InlineData("ssh-ng://[fe80::1%25eth0]:1", null, "fe80::1%eth0", 1, "[fe80::1%25eth0]:1")]
    [InlineData("ssh-ng://fe80::1%25", null, "fe80::1%25", null, "[fe80::1%2525]")]
    [InlineData("ssh-ng://::ffff:10.0.0.1", null, "::ffff:10.0.0.1", null, "[::ffff:10.0.0.1]")]
    public void An_authority_is_taken_apart(string uri, string? user, string host, int? port, string text)
    {
        var authority = StoreReference.Parse(uri).Authority!;
        Assert.Equal((user, host, port), (authority.User, authority.Host, authority.Port));
        Assert.Equal(text, authority.ToString());
        Assert.Equal(authority, StoreReference.Parse($"ssh-ng://{text}").Authority);
    }

    [Fact]
    public void Parameters_are_decoded_and_sorted()
    {
        var reference = StoreReference.Parse("s3://bucket?want-mass-query=true&priority=40&a%20b=%26%3D%25%C3%A9+x&empty=");
        Assert.Equal(["a b", "empty", "priority", "want-mass-query"], reference.Parameters.Keys);
        Assert.Equal("&=%é+x", reference.GetParameter("a b"));
        Assert.True(reference.GetBoolean("want-mass-query"));
        Assert.False(reference.GetBoolean("other"));
        Assert.Equal(40, reference.GetNumber("priority"));
        Assert.Null(reference.GetNumber("other"));
        Assert.Equal("s3://bucket?a%20b=%26%3D%25%C3%A9%2Bx&empty=&priority=40&want-mass-query=true", reference.ToString());
    }

    [Theory]
    [InlineData("trusted=maybe")]
    [InlineData("priority=-1")]
    [InlineData("priority=99999999999999999999")]
    [InlineData("store=relative")]
    [InlineData("root=")]
    public void A_parameter_of_the_wrong_type_is_refused_where_it_is_used(string parameter)
    {
        var reference = StoreReference.Parse($"local?{parameter}");
        var error = Assert.Throws<NixStoreException>(() =>
            (reference.IsTrusted, reference.GetNumber("priority"), reference.StoreDirectory, reference.Root));
        Assert.Equal(NixErrorCodes.InvalidStoreUri, error.Code);
    }

    [Fact]
    public void A_password_is_in_no_message()
    {
        var reference = StoreReference.Parse("https://me:hunter2@cache.example.org/x?priority=1");
        Assert.Equal("hunter2", reference.Authority?.Password);
        Assert.Equal("https://me:...@cache.example.org/x?priority=1", reference.ToDisplayString());
        Assert.Equal(reference, StoreReference.Parse(reference.ToString()));
        foreach (var uri in (string[])["https://me:hunter2@-bad", "https://me:hunter2@host?a", "gopher://me:hunter2@host", "https://me:hunter2@host/#x"])
        {
            Assert.DoesNotContain("hunter2", Assert.Throws<NixStoreException>(() => StoreReference.Parse(uri)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("store")]
    [InlineData("mailto:x")]
    [InlineData("gopher://x")]
    [InlineData("local?root")]
    [InlineData("local?")]
    [InlineData("local?root=/a&")]
    [InlineData("local?root=/a&root=/b")]
    [InlineData("local?=x")]
    [InlineData("/srv/\0")]
    [InlineData("local?root=/srv/%00")]
    [InlineData("local?root=%")]
    [InlineData("local?root=%2")]
    [InlineData("local?root=%2g")]
    [InlineData("local?root=%+1")]
    [InlineData("local?root=%FF")]
    [InlineData("file://")]
    [InlineData("https://")]
    [InlineData("https:///x")]
    [InlineData("https://host/%zz")]
    [InlineData("https://host/#fragment")]
    [InlineData("https://host:0")]
    [InlineData("https://host:65536")]
    [InlineData("https://host:")]
    [InlineData("https://host:+1")]
    [InlineData("ssh-ng://host/path")]
    [InlineData("ssh-ng://-oProxyCommand=x")]
    [InlineData("ssh-ng://-x@host")]
    [InlineData("ssh-ng://%2dx@host")]
    [InlineData("ssh-ng://a b")]
    [InlineData("ssh-ng://a@b@c")]
    [InlineData("ssh-ng://[::1")]
    [InlineData("ssh-ng://[::1]x")]
    [InlineData("ssh-ng://[1.2.3.4]")]
    [InlineData("ssh-ng://[::1%]")]
    [InlineData("ssh-ng://1:2:3")]
    [InlineData("ssh-ng://::1%a/b")]
    [InlineData("dummy://x")]
    public void What_is_no_URI_of_a_store_is_refused(string uri)
    {
        var error = Assert.Throws<NixStoreException>(() => StoreReference.Parse(uri));
        Assert.Equal(NixErrorCodes.InvalidStoreUri, error.Code);
        Assert.DoesNotContain('\0', error.Message);
        Assert.False(StoreReference.TryParse(uri, out _));
    }

    [Theory]
    [InlineData("auto?x=1")]
    [InlineData("local?rot=/srv/store")]
    [InlineData("/srv/store?compression=xz")]
    [InlineData("local?root=")]
    [InlineData("dummy://")]
    public async Task What_names_no_store_that_can_be_opened_is_refused(string uri)
    {
        var error = await Assert.ThrowsAsync<NixStoreException>(() => NixStore.OpenAsync(uri));
        Assert.Equal(NixErrorCodes.InvalidStoreUri, error.Code);
    }

    [Fact]
    public void A_message_about_an_unknown_parameter_lists_those_that_are_known()
    {
        var error = Assert.Throws<NixStoreException>(() => StoreReference.Parse("file:///c?compresion=xz").RefuseUnknownParameters());
        Assert.Contains("'compresion'", error.Message, StringComparison.Ordinal);
        Assert.Contains("compression, compression-level", error.Message, StringComparison.Ordinal);
    }
}
