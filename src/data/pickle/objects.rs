//! Names and the values that calling them stands for.

use super::array::{Array, Dtype};
use super::{Id, Machine, Name, Node, PickleError, damaged};

impl Machine<'_> {
    pub(super) fn name(&mut self, code: u8) -> Result<(), PickleError> {
        let (module, name) = if code == b'c' {
            (self.line()?, self.line()?)
        } else {
            let (name, module) = (self.pop()?, self.pop()?);
            (self.text(module)?.to_owned(), self.text(name)?.to_owned())
        };
        let place = module.replace("numpy._core", "numpy.core");
        let known = match (place.as_str(), name.as_str()) {
            ("numpy.core.multiarray", "_reconstruct") => Name::Reconstruct,
            ("numpy.core.multiarray", "scalar") => Name::Scalar,
            ("numpy.core.numeric", "_frombuffer") => Name::FromBuffer,
            ("numpy", "ndarray") => Name::NdArray,
            ("numpy", "dtype") => Name::Dtype,
            ("_codecs", "encode") => Name::Encode,
            ("__builtin__" | "builtins", "bytes" | "bytearray") => Name::Bytes,
            _ => return Err(PickleError::Code(format!("{module}.{name}"))),
        };
        self.push(Node::Name(known))
    }

    pub(super) fn call(&mut self) -> Result<(), PickleError> {
        let (arguments, callee) = (self.pop()?, self.pop()?);
        let Node::Name(name) = self.nodes[callee] else {
            return Err(PickleError::Code("a value that is no name".into()));
        };
        let arguments = self.items(arguments)?.to_vec();
        let argument = |at: usize| {
            arguments
                .get(at)
                .copied()
                .ok_or_else(|| damaged("an argument is missing"))
        };
        let node = match name {
            Name::Reconstruct => Node::Array(Array::default()),
            Name::Dtype => Node::Dtype(Dtype::named(self.text(argument(0)?)?)?),
            Name::Scalar => Node::Array(Array::new(
                self.dtype(argument(0)?)?.clone(),
                Vec::new(),
                self.raw(argument(1)?)?.to_vec(),
                false,
            )?),
            Name::FromBuffer => Node::Array(Array::new(
                self.dtype(argument(1)?)?.clone(),
                self.shape(argument(2)?)?,
                self.raw(argument(0)?)?.to_vec(),
                self.text(argument(3)?)? == "F",
            )?),
            // Every character is one byte (latin-1).
            Name::Encode => {
                let text = self.text(argument(0)?)?.chars();
                Node::Bytes(
                    text.map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
                        .collect(),
                )
            }
            Name::Bytes if arguments.is_empty() => Node::Bytes(Vec::new()),
            Name::Bytes => Node::Bytes(self.raw(argument(0)?)?.to_vec()),
            Name::NdArray => return Err(PickleError::Code("numpy.ndarray".into())),
        };
        self.push(node)
    }

    /// Gives an array or a dtype its state.
    pub(super) fn build(&mut self) -> Result<(), PickleError> {
        let state = self.pop()?;
        let state = self.items(state)?.to_vec();
        let part = |at: usize| {
            state
                .get(at)
                .copied()
                .ok_or_else(|| damaged("a state is too short"))
        };
        let target = self.top()?;
        let built = match &self.nodes[target] {
            Node::Array(_) => {
                let data = self.raw(part(4)?)?.to_vec();
                let (shape, dtype) = (self.shape(part(1)?)?, self.dtype(part(2)?)?.clone());
                let fortran = matches!(self.nodes[part(3)?], Node::Bool(true));
                Node::Array(Array::new(dtype, shape, data, fortran)?)
            }
            Node::Dtype(dtype) => {
                let mut dtype = dtype.clone();
                dtype.big_endian = self.text(part(1)?)? == ">";
                if let Node::Tuple(names) = &self.nodes[part(3)?] {
                    dtype.fields = self.fields(names, part(4)?)?;
                    dtype.size = self.integer(part(5)?)?;
                }
                Node::Dtype(dtype)
            }
            _ => return Err(PickleError::Code("construction of an object".into())),
        };
        self.nodes[target] = built;
        Ok(())
    }

    /// Fields of a record: name, type and offset.
    fn fields(&self, names: &[Id], fields: Id) -> Result<Vec<(String, Dtype, usize)>, PickleError> {
        let Node::Dict(entries) = &self.nodes[fields] else {
            return Err(damaged("a record without fields"));
        };
        let field = |name: &Id| {
            let name = self.text(*name)?;
            let entry = entries
                .iter()
                .find(|(key, _)| self.text(*key).is_ok_and(|key| key == name));
            let (_, value) = entry.ok_or_else(|| damaged("a field without a type"))?;
            let parts = self.items(*value)?;
            let [dtype, offset, ..] = parts else {
                return Err(damaged("a field without an offset"));
            };
            Ok((
                name.to_owned(),
                self.dtype(*dtype)?.clone(),
                self.integer(*offset)?,
            ))
        };
        names.iter().map(field).collect()
    }

    fn text(&self, id: Id) -> Result<&str, PickleError> {
        match &self.nodes[id] {
            Node::Text(text) => Ok(text),
            _ => Err(damaged("text is missing")),
        }
    }

    fn raw(&self, id: Id) -> Result<&[u8], PickleError> {
        match &self.nodes[id] {
            Node::Bytes(bytes) => Ok(bytes),
            _ => Err(damaged("bytes are missing")),
        }
    }

    fn items(&self, id: Id) -> Result<&[Id], PickleError> {
        match &self.nodes[id] {
            Node::Tuple(items) | Node::List(items) => Ok(items),
            _ => Err(damaged("a tuple is missing")),
        }
    }

    fn dtype(&self, id: Id) -> Result<&Dtype, PickleError> {
        match &self.nodes[id] {
            Node::Dtype(dtype) => Ok(dtype),
            _ => Err(damaged("a type is missing")),
        }
    }

    fn integer(&self, id: Id) -> Result<usize, PickleError> {
        match &self.nodes[id] {
            Node::Integer(value) => {
                usize::try_from(*value).map_err(|_| damaged("a size is negative"))
            }
            _ => Err(damaged("a number is missing")),
        }
    }

    fn shape(&self, id: Id) -> Result<Vec<usize>, PickleError> {
        self.items(id)?
            .iter()
            .map(|side| self.integer(*side))
            .collect()
    }
}
